from fastapi import APIRouter

router = APIRouter()


@router.get("")
async def list_issues() -> list[str]:
    return []


@router.get("/{number}")
async def get_issue(number: int) -> int:
    return number


@router.get("/open")
async def open_issues() -> list[str]:
    return []
