"""The table that a run prints, and its exit code."""


def report(rows, by) -> int:
    """`by` heads the column of how a client comes in."""
    table = [("client", "version", by, "checks", "result")]
    table += [
        (row.client, row.version, row.era, f"{row.passed}/{row.total}", "FAILED" if row.failures else "ok")
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*table)]
    for line in table:
        print(" | ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    for row in rows:
        for failure in row.failures:
            print(f"\n{row.client} {row.version}, {row.era}: {failure}")
    failed = sum(len(row.failures) for row in rows)
    print(f"\n{sum(row.passed for row in rows)} passed, {failed} failed")
    return 1 if failed else 0
