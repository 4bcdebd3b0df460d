"""lines.py NAME JUNIT.xml: pytest's results, a line each as tests/lib.sh prints them, and how many there are. Exit 1 if a test failed,
or none ran."""
import sys
import xml.etree.ElementTree as ElementTree


def one_line(text):
    return " ".join((text or "").split())[:400]


def main(name, path):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for case in ElementTree.parse(path).iter("testcase"):
        title = f"{name}: {one_line(case.get('name'))}"
        bad = [item for kind in ("failure", "error") for item in case.findall(kind)]
        skipped = case.find("skipped")
        if bad:
            counts["failed"] += 1
            print(f"not ok {title} - {one_line(bad[0].get('message'))}")
        elif skipped is not None:
            counts["skipped"] += 1
            print(f"skip {title} - {one_line(skipped.get('message'))}")
        else:
            counts["passed"] += 1
            print(f"ok {title}")
    print(f"{name}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
