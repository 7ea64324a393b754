ACCOUNTS: dict[int, str] = {}


def accounts() -> list[str]:
    return list(ACCOUNTS.values())


def account(number: int) -> str:
    return ACCOUNTS[number]


def open_account(name: str) -> int:
    ACCOUNTS[len(ACCOUNTS)] = name
    return len(ACCOUNTS) - 1


def rename(number: int, name: str) -> str:
    ACCOUNTS[number] = name
    return name
