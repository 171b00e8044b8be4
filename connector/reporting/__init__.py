"""The command `report`: what came in over a period, what became of it, and which SLA was kept."""
