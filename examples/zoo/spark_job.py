"""Analyze all models in a folder with Spark: python spark_job.py FOLDER OUTPUT

Writes a Parquet file with a row per model. FOLDER and OUTPUT are paths or URLs that Spark reads, such as s3a://bucket/zoo.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from lint_models import COLUMNS, analyst
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import array, col, lit

SUFFIXES = "*.{json,yaml,yml,keras,h5,hdf5,py,ipynb}"


def models(spark: SparkSession, folder: str, seconds: int = 60, memory: int = 2**30, largest: int = 2**28) -> DataFrame:
    """Return a row per model in a folder. largest: the bytes of a file that is read."""

    schema = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())

    def rows(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for batch in batches:
            found = [
                row
                for path, content in zip(batch["path"], batch["content"], strict=True)
                for row in analyst(seconds, memory).rows(path, bytes(content))
            ]
            yield pd.DataFrame(found, columns=list(COLUMNS), dtype=object)

    reader = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    files = reader.option("pathGlobFilter", SUFFIXES).load(folder)
    read = files.where(col("length") <= largest).select("path", "content").mapInPandas(rows, schema)
    left = files.where(col("length") > largest).select("path")
    for field in read.schema.fields[1:]:
        value = array() if field.name == "findings" else lit(None)
        if field.name == "error":
            value = lit(f"too large: more than {largest:,} bytes")
        left = left.withColumn(field.name, value.cast(field.dataType))
    return read.unionByName(left)


def session(master: str | None = None) -> SparkSession:
    """Return a session. master: such as local[2,4], two workers and four attempts per task."""
    builder = SparkSession.builder.appName("lstmlint")
    if master is not None:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = builder.master(master)
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", 100)
    builder = builder.config("spark.sql.files.openCostInBytes", 2**18)  # small files: about 500 per task
    spark = builder.getOrCreate()
    spark.sparkContext.addPyFile(str(Path(__file__).with_name("lint_models.py")))
    return spark


def main() -> None:
    """Run the job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("output")
    parser.add_argument("--master", help="where to run without spark-submit, such as local[2,4]")
    parser.add_argument("--seconds", type=int, default=60, help="limit per file")
    parser.add_argument("--memory", type=int, default=2**30, help="limit per file, in bytes")
    given = parser.parse_args()
    spark = session(given.master)
    models(spark, given.folder, given.seconds, given.memory).write.mode("overwrite").parquet(given.output)
    written = spark.read.parquet(given.output)
    print(f"{written.count():,} rows, {written.where('error is not null').count():,} with an error")  # noqa: T201
    spark.stop()


if __name__ == "__main__":
    main()
