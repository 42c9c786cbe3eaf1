"""The teaching page of QCA runs as it is printed."""

import doctest


def test_the_page_runs(repository):
    page = repository / "docs" / "qca.md"
    result = doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 40
    assert result.failed == 0
