"""The dry run: what a run would do, calls and letters included. Changes nothing."""
