"""`manage.py apikey create NAME --scope all|a,b`, `apikey list`, `apikey revoke ID`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from loyalty_site.apikeys import api_keys, create_api_key, revoke_api_key
from loyalty_site.kernel.errors import DomainError, InvalidInput
from loyalty_site.kernel.transactions import in_transaction
from loyalty_site.models import Scope


class Command(BaseCommand):
    help = "Make, list and revoke the keys of integrations. `create` prints the key alone, once."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="make a key and print it")
        create.add_argument("name")
        create.add_argument("--scope", required=True, help=f"all, or some of {','.join(Scope.values)}")
        verbs.add_parser("list", help="id, first characters, name, scopes, state")
        revoke = verbs.add_parser("revoke", help="refuse a key from now on")
        revoke.add_argument("id", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(options)
        except InvalidInput as error:
            raise CommandError("; ".join(str(wrong.detail) for wrong in error.errors)) from None
        except DomainError as error:
            raise CommandError(str(error)) from None

    def _create(self, options: dict[str, Any]) -> None:
        scopes = [scope.strip() for scope in options["scope"].split(",") if scope.strip()]
        _, text = in_transaction(lambda: create_api_key(name=options["name"], scopes=scopes))
        self.stdout.write(text)

    def _list(self, options: dict[str, Any]) -> None:
        for key in api_keys():
            state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "active"
            self.stdout.write(f"{key.pk}\t{key.prefix}…\t{key.name}\t{','.join(key.scopes)}\t{state}")

    def _revoke(self, options: dict[str, Any]) -> None:
        key = in_transaction(lambda: revoke_api_key(pk=options["id"], now=timezone.now()))
        self.stdout.write(f"{key.pk}\t{key.prefix}…\t{key.name}\trevoked")
