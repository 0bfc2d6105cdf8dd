"""How far each conclusion of the book is supported: a rule that anyone can apply by hand.

The scale is that of the Intergovernmental Panel on Climate Change (Mastrandrea and others
2010, ``mastrandrea2010-guidance`` in ``seeds/references.bib``): *evidence* is limited, medium
or robust by its type, amount and quality; *agreement* is low, medium or high; both together
give a *confidence* from very low to very high, which grows along the diagonal from little and
disputed evidence to much and undisputed. It is a judgement in words, not a probability. GRADE
(``bmjnd-grade``) was the other candidate. It starts from how a study was designed, a trial or
an observation, and a ledger of newspapers, statistics and opinions has no such order; what is
taken from it is that quality falls for stated reasons.

The tables hold three judgements of the authors and no more: which claims bear on a conclusion
(``conclusion_claims``: for or against, in so many words or by a further step), since when the
state holds that it speaks of (``conclusions.since``), and who leans on whom (``dependences``).
The rule does the rest.

1. **How good a claim is.** It is *firm* where nothing is wanting, *partial* with one
   shortcoming, and does not count with two or more. The shortcomings:

   * *untested*: the claim of a source text that no check confirmed, or that one found
     imprecise; evidence graded weak; evidence that is itself an assessment or a forecast.
     A check counts as long as a reference better than weak stands behind it;
   * *indirect*: from the claim to the conclusion one more step is needed;
   * *dated*: the conclusion has a ``since``, and the claim is about an earlier time, or
     nobody knows about which. A claim is as old as its latest number or event and, where
     it has neither, as its source; it is never younger than its source.

   A claim that a check contradicted does not count.
2. **Whose voice it is.** A claim belongs to its author or outlet, and to everyone on whom
   ``dependences`` says that they lean. What evidence ascribes to somebody, and what anybody
   quotes, is the speaker's. What a source text ascribes to somebody without his words belongs
   to both, so that it is nobody's second voice. Two claims are independent where they have no
   owner in common. The *voices* of a side are the most claims of it that are independent of
   each other; its *firm voices*, the most firm ones.
3. **Evidence** is read from the firm voices for the conclusion: *limited* with one or none,
   *medium* with two, *robust* with three or more. Hearsay does not add up to proof.
4. **Agreement** sets all voices for against all voices against. A side weighs as much as its
   voices and its firm voices together, so that a firm voice counts twice. Agreement is *high*
   with three voices for, if they weigh four times as much as the other side at least;
   *medium* if they weigh twice as much; otherwise *low*.
5. **Confidence** is the sum of both steps, as in the IPCC's figure:

   ==================  =============  ================  ==============
   evidence            low agreement  medium agreement  high agreement
   ==================  =============  ================  ==============
   limited             very low       low               medium
   medium              low            medium            high
   robust              medium         high              very high
   ==================  =============  ================  ==============

   Where more weighs against a conclusion than for it, confidence is very low, whatever else.

**What follows.** One more independent voice for a conclusion never lowers its confidence, and
taking one away never raises it; one more against never raises it, and taking one away never
lowers it. The same holds of a check: to confirm what speaks for a conclusion, or to contradict
what speaks against it, never lowers the confidence, and the loss of such a check never raises it.
A *source* that is left out may move a grade either way if it contributes to both sides.

**What the rule does not see.** It counts who bears a conclusion out, not which part of it: where
a conclusion has several parts, each voice may bear out one. It does not know who has an interest
in what they say. And a claim counts as independent unless ``dependences`` says otherwise.

**An example by hand.** “Trade fell” has five claims for it. The ministry's figure, in evidence
graded official: firm. A newspaper's report of that figure, which names the ministry: the same
owner, so no second voice. A bank's figure: firm. A columnist, unchecked: partial. A second
columnist, who copied the first (``dependences`` says so): the same owner again. That makes
three voices, two of them firm. Evidence is *medium*. Against it stand an unchecked claim about
one port only (untested and indirect: it does not count) and an official statement about one
month (indirect: partial), one voice, not firm. For: 3 + 2 = 5; against: 1 + 0 = 1. Three
voices and five times the weight: agreement is *high*. So confidence is *high*. Without the
columnists two voices are left, which is *medium* agreement (4 against 1) and *medium*
confidence. Had a check confirmed the first columnist, there would be three firm voices, robust
evidence and *very high* confidence.

What is below high is not stated flat in the book: the role ``{conclusion}`` prints the
confidence beside the sentence.
"""

from companion.confidence import conclusions, grading
from companion.confidence.conclusions import (
    FLAT,
    Judgement,
    Weighed,
    account,
    effect,
    judge,
    judge_all,
    sources,
    table,
)
from companion.confidence.grading import (
    JUDGEMENTS,
    SIDES,
    Assessment,
    Side,
    Witness,
    assess,
    explain,
    gather_side,
    grade_agreement,
    grade_confidence,
    grade_evidence,
    rule,
    select_voices,
)

#: The levels of evidence, from the lowest.
EVIDENCE = grading.EVIDENCE
#: The levels of agreement, from the lowest.
AGREEMENT = grading.AGREEMENT
#: The levels of confidence, from the lowest.
GRADES = grading.GRADES
#: The fields in which the book concludes, with what heads each in a list.
DOMAINS = conclusions.DOMAINS

__all__ = [
    "AGREEMENT",
    "Assessment",
    "DOMAINS",
    "EVIDENCE",
    "FLAT",
    "GRADES",
    "JUDGEMENTS",
    "Judgement",
    "SIDES",
    "Side",
    "Weighed",
    "Witness",
    "account",
    "assess",
    "effect",
    "explain",
    "gather_side",
    "grade_agreement",
    "grade_confidence",
    "grade_evidence",
    "judge",
    "judge_all",
    "rule",
    "select_voices",
    "sources",
    "table",
]
