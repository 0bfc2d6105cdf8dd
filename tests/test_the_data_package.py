"""The data package is what a data user expects: clean under Frictionless's own command, and described."""

import json
import pathlib
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def package(project):
    return json.loads((project / "data/datapackage.json").read_text("utf-8"))


def frictionless(folder):
    """Run the command as a data user would, in `folder`."""
    command = pathlib.Path(sys.executable).with_name("frictionless")
    return subprocess.run(
        [str(command), "validate", "data/datapackage.json"],
        cwd=folder,
        capture_output=True,
        text=True,
    )


def test_frictionless_finds_nothing_wrong_with_the_package(project):
    done = frictionless(project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "INVALID" not in done.stdout


def test_frictionless_itself_sees_a_broken_foreign_key(copy):
    copy.set("claims", "trade-russia-2024", "said_by", "putn")
    done = frictionless(copy.root)
    assert done.returncode == 1
    assert "putn" in done.stdout


def test_frictionless_itself_sees_a_number_that_is_not_one(copy):
    copy.set("quantities", "trade-russia-2024-value", "value", "forty-five")
    done = frictionless(copy.root)
    assert done.returncode == 1
    assert "forty-five" in done.stdout


def test_every_file_of_the_package_exists(project, package):
    assert [r["path"] for r in package["resources"] if not (project / "data" / r["path"]).is_file()] == []


def test_every_file_in_data_belongs_to_the_package(project, package):
    data = project / "data"
    found = {str(p.relative_to(data)) for p in data.rglob("*") if p.is_file()}
    apart = {"datapackage.json", "README.md"}
    assert found - apart == {r["path"] for r in package["resources"]}


def test_every_table_and_every_column_is_described(package):
    bare = []
    for resource in package["resources"]:
        if not resource.get("title"):
            bare.append(resource["name"])
        for field in resource.get("schema", {}).get("fields", []):
            if not field.get("description", "").strip():
                bare.append(f"{resource['name']}.{field['name']}")
    assert bare == []


def test_every_table_has_a_primary_key(package):
    assert [r["name"] for r in package["resources"] if "schema" in r and not r["schema"].get("primaryKey")] == []


def test_every_column_that_names_a_claim_or_an_actor_is_a_foreign_key(package):
    columns = {
        "claim": "claims",
        "said_by": "actors",
        "subject": "actors",
        "counterpart": "actors",
        "member": "actors",
        "organisation": "actors",
        "host": "actors",
        "place": "places",
        "event": "events",
        "check": "checks",
        "conflict": "conflicts",
        "settled_by": "claims",
        "buyer": "actors",
        "seller": "actors",
    }
    loose = []
    for resource in package["resources"]:
        schema = resource.get("schema", {"fields": []})
        keys = {key["fields"][0]: key["reference"]["resource"] for key in schema.get("foreignKeys", [])}
        for field in schema["fields"]:
            # The subject of a resolution is a matter, not an actor.
            if field["name"] in columns and (resource["name"], field["name"]) != ("resolutions", "subject"):
                if keys.get(field["name"]) != columns[field["name"]]:
                    loose.append(f"{resource['name']}.{field['name']}")
    assert loose == []


def test_the_package_states_its_licence_sources_and_version(package):
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert package["sources"] and package["version"] and package["title"]


def test_geometry_states_a_licence_of_its_own(package):
    assert [r["name"] for r in package["resources"] if r["path"].endswith(".geojson") and not r.get("licenses")] == []
