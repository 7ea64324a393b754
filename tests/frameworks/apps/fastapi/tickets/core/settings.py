import os
from dataclasses import dataclass


class Settings:
    title: str = "Tickets"
    version: int = 2

    @property
    def prefix(self) -> str:
        return f"/api/v{self.version}"


@dataclass
class Flags:
    archive: bool = True


class Production(Settings):
    title = "Tickets (live)"


settings = Production() if os.getenv("LIVE") else Settings()
