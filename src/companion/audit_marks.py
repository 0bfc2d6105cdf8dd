"""How the pages that weigh claims draw a verdict: in words, and as the shape of a mark."""

#: The verdicts in the order in which their marks are drawn, with the words of the key.
LEGEND = {
    "confirmed": "confirmed",
    "imprecise": "imprecise",
    "contradicted": "contradicted",
    "could-not-check": "no answer found",
    "unchecked": "not checked",
}

#: The shape of a mark by the words of the key, for `companion.charts.tally`: a verdict is never told by colour alone.
SHAPES = dict(zip(LEGEND.values(), ("full", "half", "cross", "diamond", "ring")))
