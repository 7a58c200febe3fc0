"""`make bench`: the figures that the product promises, as ratios to bare work done in the same run."""

from benchmarks import (
    import_speed,
    match_speed,
    pack_speed,
    preview_speed,
    queue_speed,
    report_speed,
    sheet_speed,
    twins_speed,
)


def main() -> None:
    import_speed.main()
    preview_speed.main()
    sheet_speed.main()
    report_speed.main()
    queue_speed.main()
    twins_speed.main()
    match_speed.main()
    pack_speed.main()


if __name__ == "__main__":
    main()
