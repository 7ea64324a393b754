LINES: list[str] = []


def write(line: str) -> None:
    LINES.append(line)
