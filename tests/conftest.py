"""What all tests share: where third-party files lie, and one thread per process for numerics."""

import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings

# a machine under load is slow now and then; speed is measured in benchmarks/
settings.register_profile("workbench", deadline=None)
settings.load_profile("workbench")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the root of the checkout under test."""
    return REPOSITORY


@pytest.fixture(scope="session")
def third_party() -> Path:
    """Return the folder with files that others wrote (exports/, real/, truth/), or skip."""
    folder = os.environ.get("ANALYSIS_THIRD_PARTY", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("ANALYSIS_THIRD_PARTY does not name the folder of third-party files")
    return Path(folder)
