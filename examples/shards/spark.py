"""All shards of a job as tasks of Spark, put together by the driver: spark-submit spark.py

/job is a file system that the driver and all executors see; `riskpool` is on their path. A task
that runs twice (a lost executor, speculation) writes the same bytes.
"""

import json
import subprocess

from pyspark.sql import SparkSession

RUN = "riskpool shard run --spec /job/job.json --index - --out /job/shards --json"
MERGE = "riskpool shard merge /job/shards --spec /job/job.json --out /job/report.html --result /job/result.json"

with open("/job/job.json", encoding="utf-8") as spec:
    count = json.load(spec)["shards"]["count"]

spark = SparkSession.builder.appName("riskpool").getOrCreate()
# Each partition is one index on the standard input of one process.
done = spark.sparkContext.parallelize(range(count), count).pipe(RUN, checkCode=True).collect()
assert len(done) == count
spark.stop()
subprocess.run(MERGE.split(), check=True)
