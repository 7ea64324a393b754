from ninja import Router

router = Router(tags=["reports"])
monthly = Router()
router.add_router("/monthly", monthly)


@monthly.get("/{year}/{month}")
def month(request, year: int, month: int):
    return {"year": year, "month": month}


@router.get("/yearly/{slug:name}")
def year(request, name: str):
    return {"name": name}
