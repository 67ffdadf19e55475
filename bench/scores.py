"""Lighthouse's scores for home, search, product and checkout of a running demo town, as it measures a phone.

`python -m bench.scores [--url http://127.0.0.1:8000] [--json] [--runs 3]`: needs `./run` in another shell, Chromium,
and Lighthouse from npm, which is installed into `bench/lighthouse` at the first use. The median of the runs counts.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

import httpx

from bench.town import show

FOLDER = Path(__file__).parent / "lighthouse"
PROGRAM = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"


def install() -> None:
    """Lighthouse, at the version that the lock file names."""
    if not PROGRAM.exists():
        npm = shutil.which("npm") or "npm"
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=FOLDER, check=True)  # noqa: S603 - npm of this machine


def log_in(url: str) -> tuple[str, str]:
    """A demo shopper with something in the cart: the cookie, and a product's page."""
    with httpx.Client(base_url=url, follow_redirects=True) as client:
        home = client.get("/").text
        product = re.search(r'href="(/p/\d+)', home)
        assert product
        form = {"login": "lilei@demo", "password": "datong-demo", "_csrf_token": client.cookies["datong_csrf"]}
        client.post("/log-in", data=form).raise_for_status()
        page = client.get(product[1]).text
        sku = re.search(r'name="sku_id" value="(\d+)"', page)
        assert sku
        chosen = {
            "product_id": product[1].rpartition("/")[2],
            "sku_id": sku[1],
            "_csrf_token": client.cookies["datong_csrf"],
        }
        client.post("/cart/add", data=chosen).raise_for_status()
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items()), product[1]


def score(address: str, cookie: str) -> dict[str, float]:
    """One run: the scores of the categories, and the figures a person feels."""
    with tempfile.TemporaryDirectory() as folder:
        report, headers = Path(folder) / "report.json", Path(folder) / "headers.json"
        headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}))
        command = [
            shutil.which("node") or "node", str(PROGRAM), address, "--quiet", "--output=json",
            f"--output-path={report}",
            f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={FLAGS}", f"--extra-headers={headers}",
        ]  # fmt: skip
        environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or "chromium"}
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
        said = json.loads(report.read_text())
    found = {name: said["categories"][name]["score"] * 100 for name in CATEGORIES}
    wrong = [
        each["id"]
        for name in CATEGORIES
        for each in said["categories"][name]["auditRefs"]
        if each["weight"]
        and (said["audits"][each["id"]]["score"] or 0) < 0.9
        and said["audits"][each["id"]]["scoreDisplayMode"] not in {"notApplicable", "manual", "informative"}
    ]
    audits = said["audits"]
    if wrong:
        print(address, "below 0.9:", ", ".join(wrong))
    return found | {
        "lcp_ms": audits["largest-contentful-paint"]["numericValue"],
        "cls": audits["cumulative-layout-shift"]["numericValue"],
        "tbt_ms": audits["total-blocking-time"]["numericValue"],
    }


def main(url: str, runs: int, *, as_json: bool) -> None:
    """Each page so many times."""
    install()
    cookie, product = log_in(url)
    places = {
        "home": ("/", ""),
        "search": ("/search?q=lamp", ""),
        "product": (product, ""),
        "checkout": ("/checkout", cookie),
    }
    rows: list[tuple[str, object]] = []
    for name, (path, sent) in places.items():
        found = [score(url + path, sent) for _ in range(runs)]
        rows += [(f"{name}_{figure}", statistics.median(each[figure] for each in found)) for figure in found[0]]
    show("Lighthouse, a phone", rows, as_json=as_json)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    main(asked.url.rstrip("/"), asked.runs, as_json=asked.json)
