"""Explorers on the built page: a native control over the states that a cell's output carries.

The page shows the state with which it starts. All of them stand below it as a list of links, each with its
finding; the script ``explorers.js`` turns that list into the control. Pictures wait in
``<template>`` elements, whose content a browser does not fetch.
"""

from html import escape

from docutils import nodes

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


def visit_explorer_html(self, node):
    self.body.append(
        f'<div class="explorer" data-explorer="{node["name"]}" data-start="{node["start"]}">'
        f'<form class="explorer-form" autocomplete="off" hidden>{control(node)}</form>'
        '<div class="explorer-stage">'
    )


def control(node) -> str:
    """Return the native control of an explorer: ``select``, radio buttons or a range."""
    label, name = escape(node["label"]), f'name="{node["name"]}"'
    choices = [(one["key"], escape(one["label"])) for one in node.findall(state)]
    start = node["start"]
    if node["control"] == "select":
        options = "".join(
            f'<option value="{key}"{" selected" * (key == start)}>{text}</option>' for key, text in choices
        )
        return f"<label><span>{label}</span> <select {name}>{options}</select></label>"
    if node["control"] == "radio":
        buttons = "".join(
            f'<label><input type="radio" {name} value="{key}"{" checked" * (key == start)}> {text}</label>'
            for key, text in choices
        )
        return f"<fieldset><legend>{label}</legend>{buttons}</fieldset>"
    place = [key for key, _ in choices].index(start)
    # The finding announces the choice: an ``output`` would say it a second time.
    return (
        f'<label><span>{label}</span> <input type="range" {name} min="0" max="{len(choices) - 1}" step="1" '
        f'value="{place}" aria-valuetext="{choices[place][1]}"></label> <span class="explorer-value" aria-hidden="true">{choices[place][1]}</span>'
    )


def depart_explorer_html(self, node):
    self.body.append("</div>")


def visit_states_html(self, node):
    """Close the stage with the first picture, say what it shows, and open the list."""
    start = node.parent["start"]
    first = next(one for one in node if one["key"] == start)
    name = f"<b>{escape(first['label'])}.</b>"
    self.body.append(
        f'</div><p class="explorer-finding" role="status">{said(first, name)}</p>'
        f'<p class="explorer-source">{source(self, first)}</p>'
        '<div class="explorer-list"><p>Every state of this figure, with its picture:</p><ul>'
    )


def depart_states_html(self, node):
    labels = "; ".join(escape(one["label"]) for one in node)
    self.body.append(
        f'</ul></div><p class="elsewhere">One of {len(node)} states of this figure is printed. On the page they can be chosen: {labels}.</p>'
    )


def visit_state_html(self, node):
    up = "../" * self.builder.current_docname.count("/")
    link = f'<a href="{up}_images/{node["file"]}">{escape(node["label"])}</a>.'
    self.body.append(f'<li data-state="{node["key"]}">{said(node, link)} {source(self, node)}<template>')


def depart_state_html(self, node):
    self.body.append("</template></li>")


def said(node, name) -> str:
    """Return the label (as HTML) and the finding of a state."""
    return f'{name} <span class="explorer-said">{escape(node["finding"])}</span>'


def source(translator, node) -> str:
    """Return the source line of a state."""
    builder = translator.builder
    return figure_nodes.source_html(load(), node["claims"], builder.app, builder.current_docname)


def setup(app):
    """Register the nodes."""
    app.add_node(explorer, html=(visit_explorer_html, depart_explorer_html))
    app.add_node(states, html=(visit_states_html, depart_states_html))
    app.add_node(state, html=(visit_state_html, depart_state_html))
