"""What the demonstration says at its end."""

from collections import Counter

from rich.table import Table

from app.commands.console import output
from app.demo.load import kinds
from app.demo.records import TrialRecords
from app.demo.report import LoadReport


def show(report: LoadReport, trial: TrialRecords) -> bool:
    """Print what was accepted, what was refused and why, and who reads what.

    Returns:
        whether all is as it should be: at least 95 % accepted, and every centre by itself.
    """
    output.print(_by_kind(report, trial))
    for reason, count in report.reasons.most_common():
        output.print(
            f"refused {count} x {reason.kind}{reason.pointer} {reason.code}: {reason.message} "
            f"(for example {report.examples[reason]})",
            markup=False,
        )
    output.print(_by_centre(report, trial))
    for trespass in report.trespasses:
        output.print(f"A centre reached another's subject: {trespass}", style="red", markup=False)
    refused = sum(report.refused.values())
    output.print(
        f"{sum(report.stored.values()):,} records stored, {refused:,} refused "
        f"({report.share_accepted:.1%} accepted), in {report.seconds:.0f} s. "
        + (
            "Every centre reads exactly its own rows."
            if report.isolated
            else "NOT every centre reads exactly its own rows."
        )
    )
    return report.isolated and report.share_accepted >= 0.95


def _by_kind(report: LoadReport, trial: TrialRecords) -> Table:
    table = Table("kind", "accepted", "there already", "corrected", "refused")
    for kind in kinds(trial):
        counts = (report.accepted, report.known, report.changed, report.refused)
        table.add_row(kind, *(f"{count[kind]:,}" for count in counts))
    return table


def _by_centre(report: LoadReport, trial: TrialRecords) -> Table:
    told: Counter[str] = Counter()
    read: Counter[str] = Counter()
    strangers: Counter[str] = Counter()
    for reading in report.readings:
        told[reading.centre] += reading.told
        read[reading.centre] += reading.read
        strangers[reading.centre] += reading.strangers
    table = Table("centre", "", "stored", "reads", "of other centres")
    for centre in trial.centres:
        code = centre.code
        counts = (told[code], read[code], strangers[code])
        table.add_row(code, centre.name, *(f"{count:,}" for count in counts))
    return table
