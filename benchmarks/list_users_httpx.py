"""The baseline of `dyntui users list`: a short script that prints fifty users with httpx and nothing else."""

import os

import httpx

base_url, environment_id = os.environ["DYNTUI_BASE_URL"], os.environ["DYNTUI_ENVIRONMENT_ID"]
headers = {"Authorization": f"Bearer {os.environ['DYNTUI_TOKEN']}"}
response = httpx.get(f"{base_url}/environments/{environment_id}/users", params={"limit": 50}, headers=headers)
response.raise_for_status()
for user in response.json()["users"]:
    print(user["email"], user["firstName"], user["lastName"], user["lastVisit"], user["id"], sep="\t")
