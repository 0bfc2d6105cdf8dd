"""The data package is what a data user expects: clean under Frictionless's own command, and described."""

import csv
import json
import pathlib
import re
import sqlite3
import subprocess
import sys

import pytest

from companion import load
from companion_press.evidence.database import DATABASE
from companion_press.evidence.database import database as database_of


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


# -- the same as one database --------------------------------------------------------------


@pytest.fixture(scope="module")
def database(site):
    """The database of the site, opened as a user of SQL would."""
    connection = sqlite3.connect(f"file:{site / DATABASE}?mode=ro", uri=True)
    yield connection
    connection.close()


def test_the_database_has_every_row_of_every_table_with_its_keys(database, project, package):
    for resource in (resource for resource in package["resources"] if "schema" in resource):
        name, schema = resource["name"], resource["schema"]
        with (project / "data" / resource["path"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert database.execute(f'SELECT count(*) FROM "{name}"').fetchone() == (len(rows),), name
        columns = database.execute(f"PRAGMA table_info('{name}')").fetchall()
        assert [column[1] for column in columns] == [field["name"] for field in schema["fields"]]
        assert {column[1] for column in columns if column[5]} == set(schema["primaryKey"]), name
        keys = {(row[2], row[3], row[4]) for row in database.execute(f"PRAGMA foreign_key_list('{name}')")}
        assert keys == {
            (key["reference"]["resource"], *key["fields"], *key["reference"]["fields"])
            for key in schema.get("foreignKeys", [])
        }
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_join_in_sql_gives_what_the_ledger_gives(database):
    found = database.execute(
        "SELECT quantities.value, quantities.scale, actors.name, bibliography.name FROM quantities "
        "JOIN claims ON claims.id = quantities.claim JOIN actors ON actors.id = claims.said_by "
        "JOIN bibliography ON bibliography.id = claims.source WHERE claims.id = 'trade-russia-2024'"
    ).fetchall()
    assert found == [(45.0, "billion", "Vladimir Putin", "Cafiero 2025")]
    unsourced = "SELECT count(*) FROM claims WHERE source NOT IN (SELECT id FROM bibliography)"
    assert database.execute(unsourced).fetchone() == (0,)


def test_the_example_in_sql_runs(database, project):
    [query] = re.findall(r"```sql\n(.*?)```", (project / "data/README.md").read_text("utf-8"), re.S)
    found = database.execute(query).fetchall()
    assert ("2024", "more than", 45.0, "billion", "Cafiero 2025", "putin") in found


def test_the_database_refuses_what_the_data_package_refuses(site):
    writable = sqlite3.connect(":memory:")
    writable.deserialize((site / DATABASE).read_bytes())
    writable.execute("PRAGMA foreign_keys = ON")
    for wrong in (
        "UPDATE claims SET said_by = 'putn' WHERE id = 'trade-russia-2024'",
        "UPDATE claims SET kind = 'rumour' WHERE id = 'trade-russia-2024'",
        "UPDATE claims SET statement = NULL WHERE id = 'trade-russia-2024'",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            writable.execute(wrong)


def test_the_database_is_offered_where_the_data_are_and_has_the_same_bytes_each_time(site):
    for page in ("data/README.html", "book/ledger.html"):
        assert f'href="../{DATABASE}"' in (site / page).read_text("utf-8")
    assert database_of(load()) == (site / DATABASE).read_bytes()
