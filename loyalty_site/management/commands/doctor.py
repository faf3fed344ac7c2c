"""`manage.py doctor`: check every invariant, print the offenders, exit 1 if there are any."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_site.doctor import Finding, examined, invariants


class Command(BaseCommand):
    help = "Checks every invariant of the data by one query each; exits with 1 when one does not hold."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--only", action="append", metavar="CODE", help="check only this invariant")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [item for item in invariants() if not options["only"] or item.code in options["only"]]
        unknown = set(options["only"] or ()) - {item.code for item in chosen}
        if unknown:
            raise CommandError(_("No such invariant: %(codes)s") % {"codes": ", ".join(sorted(unknown))})
        broken = [self._say(finding) for _item, finding in self._shown(chosen) if finding]
        if broken:
            count = len(broken)
            raise CommandError(
                ngettext("%(count)d invariant is broken.", "%(count)d invariants are broken.", count) % {"count": count}
            )
        self.stdout.write(self.style.SUCCESS(_("All is well: %(count)d checks.") % {"count": len(chosen)}))

    def _shown(self, chosen: list[Any]) -> Any:
        for item, finding in examined(chosen):
            self.stdout.write(f"{'✗' if finding else '✓'} {item.code}: {item.title}")
            self.stdout.flush()
            yield item, finding

    def _say(self, finding: Finding) -> Finding:
        for offender in finding.offenders:
            self.stdout.write("    " + ", ".join(f"{name}={value}" for name, value in offender.items()))
        rest = finding.count - len(finding.offenders)
        if rest > 0:
            self.stdout.write("    " + _("and %(count)d more") % {"count": rest})
        return finding
