from abc import ABC, abstractmethod

from fastapi_users import schemas


class User(schemas.BaseUser[int]):
    name: str = ""


class Leases(ABC):
    @abstractmethod
    def find(self, name: str) -> list[str]: ...


def lease_store() -> Leases:
    raise NotImplementedError
