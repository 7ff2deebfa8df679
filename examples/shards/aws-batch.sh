#!/bin/sh
# An array job of all shards, and a job that puts them together when all of them have ended well.
# The file system holds job.json and the files that it names; `size` is its `shards.count`, two or more.
set -eu
cd "$(dirname "$0")"
aws batch register-job-definition --cli-input-json file://aws-batch-definition.json
shards=$(aws batch submit-job --cli-input-json file://aws-batch-shards.json --query jobId --output text)
sed "s/SHARDS_JOB_ID/$shards/" aws-batch-merge.json > /tmp/aws-batch-merge.json
aws batch submit-job --cli-input-json file:///tmp/aws-batch-merge.json
