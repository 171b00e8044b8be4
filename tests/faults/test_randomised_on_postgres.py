"""Bad times by seeds on a shared ledger; see `test_randomised.py`."""

import pytest
from support.faults.randomised import live_through
from support.faults.site import Site


@pytest.mark.service
def test_nothing_comes_of_a_bad_time_on_a_shared_ledger(
    shared_fault_seed: int, shared_site: Site
) -> None:
    live_through(shared_site, shared_fault_seed)
