"""`make bench`: the figures that the product promises, as ratios to bare work done in the same run."""

from benchmarks import import_speed, report_speed


def main() -> None:
    import_speed.main()
    report_speed.main()


if __name__ == "__main__":
    main()
