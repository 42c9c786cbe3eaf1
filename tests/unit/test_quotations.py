"""What counts as a quotation of an excerpt, and what does not."""

from analysis.disclosure.excerpts import quotations


def test_somebody_counting_aloud_is_no_quotation():
    found = quotations(["so I count 1 2 3 4 5 6 7 8 9 10 and stop there now"])
    assert not list(found.find([str(i) for i in range(1, 12)]))
    said = quotations(["we met every month and it took years to agree on anything"])
    assert list(said.find(["so", "we", "met", "every", "month", "and", "it", "took", "years"]))
