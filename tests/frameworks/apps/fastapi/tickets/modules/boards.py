from fastapi import APIRouter

router = APIRouter()
archive = APIRouter(prefix="/archive")


@router.get("/{board}/columns")
def columns(board: str) -> list[str]:
    return [board]


@archive.get("/{year}")
def archived(year: int) -> list[str]:
    return []


def make_router(group: str) -> APIRouter:
    made = APIRouter()

    @made.get("/members", name=group)
    def group_members() -> list[str]:
        return [group]

    return made
