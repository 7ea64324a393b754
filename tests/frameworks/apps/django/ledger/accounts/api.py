from ninja import Router, Schema

from . import services
from .security import Auditor

router = Router()
entries = Router(auth=Auditor())


class Account(Schema):
    name: str


@router.get("")
def list_accounts(request):
    return services.accounts()


@router.post("")
def open_account(request, account: Account):
    return services.open_account(account.name)


@router.get("/{account_id}")
def show_account(request, account_id: int):
    return services.account(account_id)


@router.api_operation(["PUT", "PATCH"], "/{account_id}")
def rename_account(request, account_id: int, account: Account):
    return services.rename(account_id, account.name)


@entries.get("/")
def list_entries(request, account: int):
    return []


@entries.delete("/{entry}", auth=None)
def delete_entry(request, account: int, entry: int):
    return {}
