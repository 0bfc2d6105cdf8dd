"""Explorers on the built page: a native control over the states that a cell's output carries.

The page shows the state with which it starts. All of them stand below it as a list of links, each with its
finding; the script ``explorers.js`` turns that list into the control. Pictures wait in
``<template>`` elements, whose content a browser does not fetch.
"""

import htpy as h
from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from companion.ledger import load
from companion_press.figures import figure_nodes


class explorer(nodes.General, nodes.Element):
    """An explorer (attributes ``name``, ``label``, ``control``, ``start``): its first `picture`, then `states`."""


class states(nodes.General, nodes.Element):
    """The list of an explorer's states."""


class state(nodes.General, nodes.Element):
    """One state of an explorer: its words, and a `picture` that is not shown yet."""


def explorer_of(picture: figure_nodes.picture, facts: dict, shown: list[dict], first: dict) -> explorer:
    """Return the node of an explorer.

    Parameters
    ----------
    picture : of the state with which it starts
    facts : ``label``, ``control`` and ``start``
    shown : its states: ``key``, ``label``, ``finding``, ``claims``, ``alt``, and ``variants`` as files
    first : the one with which it starts
    """
    name = picture["name"]
    picture["alt"] = first["alt"]
    listed = states()
    for one in shown:
        words = {key: one[key] for key in ("key", "label", "finding", "claims")}
        drawn = figure_nodes.picture(name=name, alt=one["alt"], variants=one["variants"])
        listed += state("", drawn, file=one["variants"]["wide-light"]["file"], **words)
    whole = explorer(name=name, label=facts["label"], control=facts["control"], start=facts["start"])
    whole += [picture, listed]
    return whole


def visit_explorer_html(self: HTML5Translator, node: explorer) -> None:
    form = h.form(class_="explorer-form", autocomplete="off", hidden=True)[control(node)]
    self.body.append(
        f'<div class="explorer" data-explorer="{node["name"]}" data-start="{node["start"]}">'
        f'{form}<div class="explorer-stage">'
    )


def control(node: explorer) -> h.Renderable:
    """Return the native control of an explorer: ``select``, radio buttons or a range."""
    label, name, start = node["label"], node["name"], node["start"]
    choices = [(one["key"], one["label"]) for one in node.findall(state)]
    if node["control"] == "select":
        return h.label[
            h.span[label],
            " ",
            h.select(name=name)[(h.option(value=key, selected=key == start)[text] for key, text in choices)],
        ]
    if node["control"] == "radio":
        return h.fieldset[
            h.legend[label],
            (
                h.label[h.input(type="radio", name=name, value=key, checked=key == start), f" {text}"]
                for key, text in choices
            ),
        ]
    place = [key for key, _ in choices].index(start)
    chosen = choices[place][1]
    # The finding announces the choice: an ``output`` would say it a second time.
    return h.fragment[
        h.label[
            h.span[label],
            " ",
            h.input(type="range", name=name, min=0, max=len(choices) - 1, step=1, value=place, aria_valuetext=chosen),
        ],
        " ",
        h.span(class_="explorer-value", aria_hidden="true")[chosen],
    ]


def depart_explorer_html(self: HTML5Translator, node: explorer) -> None:
    self.body.append("</div>")


def visit_states_html(self: HTML5Translator, node: states) -> None:
    """Close the stage with the first picture, say what it shows, and open the list."""
    start = node.parent["start"]
    first = next(one for one in node if one["key"] == start)
    self.body.append(
        f"</div>{_first(self, first)}"
        '<div class="explorer-list"><p>Every state of this figure, with its picture:</p><ul>'
    )


def _first(translator: HTML5Translator, node: state) -> h.Fragment:
    return h.fragment[
        h.p(class_="explorer-finding", role="status")[said(node, h.b[node["label"], "."])],
        h.p(class_="explorer-source")[source(translator, node)],
    ]


def depart_states_html(self: HTML5Translator, node: states) -> None:
    labels = "; ".join(one["label"] for one in node)
    printed = h.p(class_="elsewhere")[
        f"One of {len(node)} states of this figure is printed. On the page they can be chosen: {labels}."
    ]
    self.body.append(f"</ul></div>{printed}")


def visit_state_html(self: HTML5Translator, node: state) -> None:
    up = "../" * self.builder.current_docname.count("/")
    link = h.fragment[h.a(href=f"{up}_images/{node['file']}")[node["label"]], "."]
    self.body.append(f'<li data-state="{node["key"]}">{said(node, link)} {source(self, node)}<template>')


def depart_state_html(self: HTML5Translator, node: state) -> None:
    self.body.append("</template></li>")


def said(node: state, name: h.Renderable) -> h.Fragment:
    """Return the label, as it is given, and the finding of a state."""
    return h.fragment[name, " ", h.span(class_="explorer-said")[node["finding"]]]


def source(translator: HTML5Translator, node: state) -> Markup:
    """Return the source line of a state."""
    builder = translator.builder
    return figure_nodes.source_html(load(), node["claims"], builder.app, builder.current_docname)


def setup(app: Sphinx) -> None:
    """Register the nodes."""
    app.add_node(explorer, html=(visit_explorer_html, depart_explorer_html))
    app.add_node(states, html=(visit_states_html, depart_states_html))
    app.add_node(state, html=(visit_state_html, depart_state_html))
