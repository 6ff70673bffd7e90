"""Markdown for people, JSON for the record."""

import json
import statistics

from measure import targets

UNITS = {"cpu": "server CPU, us per call", "client cpu": "client CPU, us per call",
         "client bytes": "bytes allocated by the client per call", "p50": "p50, us", "p99": "p99, us",
         "rate": "calls per second", "share": "CPU, percent of a core", "bytes": "bytes allocated per call",
         "null transport": "bytes of the stub alone", "millis": "start to first answer, ms",
         "heap": "live heap per connection, bytes",
         "engine": "live heap and off-heap per connection, bytes",
         "resident": "resident set per connection, bytes"}


def markdown(record, figures, engines):
    machine = record["machine"]
    lines = [
        f"Commit {record['commit']}, {machine['cpu']} ({machine['cores']} cores), "
        f"Linux {machine['kernel']}, Java {record['java']}; server on core "
        f"{record['server_core']}, load on core {record['load_core']}; "
        f"median of {record['rounds']} rounds (lowest to highest).",
        "", f"    {record['command']}", ""]
    for figure, title in UNITS.items():
        lines += _table(figures, engines, figure, title)
    lines += [f"Not measured: {failure}" for failure in figures.failures]
    lines += _verdicts(figures)
    return "\n".join(lines) + "\n"


def _table(figures, engines, figure, title):
    shapes = []
    for (_, shape, name) in figures.values:
        if name == figure and shape not in shapes:
            shapes.append(shape)
    if not shapes:
        return []
    lines = [f"| {title} | " + " | ".join(shapes) + " |", "|---" * (len(shapes) + 1) + "|"]
    for engine in engines:
        cells = [_cell(figures.of(engine, shape, figure)) for shape in shapes]
        if any(cells):
            lines.append(f"| {engine.name} | " + " | ".join(cells) + " |")
    return lines + [""]


def _cell(values):
    if not values:
        return ""
    digits = 2 if statistics.median(values) < 100 else 0
    return (f"{statistics.median(values):.{digits}f} "
            f"({min(values):.{digits}f} to {max(values):.{digits}f})")


def _verdicts(figures):
    judged = [verdict for verdict in (t.judge(figures) for t in targets.TARGETS) if verdict]
    if not judged:
        return ["No target can be judged: gyrfalcon or its peer was not measured."]
    lines = ["| target | found | at most | |", "|---|---|---|---|"]
    for text, found, limit, is_met in judged:
        lines.append(f"| {text} | {found} | {limit} | {'met' if is_met else '**not met**'} |")
    return lines


def verdicts(figures):
    return [{"target": text, "found": float(found), "limit": float(limit), "met": is_met}
            for text, found, limit, is_met in
            (v for v in (t.judge(figures) for t in targets.TARGETS) if v)]


def write(path, record, text):
    with open(path + ".json", "w", encoding="utf-8") as out:
        json.dump(record, out, indent=1)
        out.write("\n")
    with open(path + ".md", "w", encoding="utf-8") as out:
        out.write(text)
