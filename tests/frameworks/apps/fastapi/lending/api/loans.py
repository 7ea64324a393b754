from fastapi import APIRouter

loans = APIRouter()
late = APIRouter()


@loans.get("/")
def list_loans(branch: str, name: str) -> list[str]:
    return []


async def extend(branch: str, name: str, loan_id: str) -> str:
    return loan_id


loans.add_api_route("/{loan_id:uuid}/extension", extend, methods=["POST", "PUT"])


@late.get("/fees")
def fees(branch: str, name: str) -> float:
    return 0.0
