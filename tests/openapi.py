#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Every route of the API stands in its document, and every operation of the document in the table.

usage: openapi.py src/web/routes.table static/openapi.json
"""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as table:
    rows = [line.split() for line in table if line.strip() and not line.startswith(("#", "include"))]
with open(sys.argv[2], encoding="utf-8") as file:
    document = json.load(file)


def resolved(parameter):
    if "$ref" not in parameter:
        return parameter
    return document["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]


def query_of(row):
    for attribute in row[9:]:
        if attribute.startswith("query="):
            return sorted(attribute[6:].split(","))
    return []


routes = {(row[2], row[1].lower()): query_of(row) for row in rows if row[2].startswith("/api/")}
operations = {
    (path, method): sorted(
        p["name"] for p in map(resolved, operation.get("parameters", [])) if p["in"] == "query"
    )
    for path, methods in document["paths"].items()
    for method, operation in methods.items()
}
names = sorted(set(routes) | set(operations))
failed = 0
for number, name in enumerate(names, 1):
    why = ""
    if name not in operations:
        why = "is not in the document"
    elif name not in routes:
        why = "is not in the table of routes"
    elif routes[name] != operations[name]:
        why = f"reads {routes[name]}, the document says {operations[name]}"
    failed += bool(why)
    print(f"{'not ok' if why else 'ok'} {number} - {name[1]} {name[0]} {why}")
print(f"1..{len(names)}")
sys.exit(failed > 0)
