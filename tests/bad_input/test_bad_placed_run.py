"""A run with facilities placed at their village: the precision stands in sites.csv."""

import pandas as pd

H = "homes.csv"


def test_the_precision_is_a_column_of_sites(county):
    county.accepted()
    assert "precision" not in pd.read_csv(county.result / "sites.csv").columns
    for column in ("经度", "纬度"):
        county.cell(H, 3, column, "")
    assert county.refused().the("point.none").row == 3
    county.edit('"homes.csv"', '"homes.csv"\nplace_missing = "village"')
    done = county.accepted()
    assert {"facility.at_township", "facility.placed"} <= done.codes
    sites = pd.read_csv(county.result / "sites.csv")
    assert sites.groupby("precision").size().to_dict() == {"point": len(sites) - 1, "township": 1}
    assert sites.loc[sites["precision"] == "township", "name"].tolist() == ["乙乡养老院"]
