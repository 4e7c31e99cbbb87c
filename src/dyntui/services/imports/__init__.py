"""Run bulk imports as jobs: a source file becomes a journal, and the journal is sent row by row until every row is
final.

- prepare: source file and mapping to a journal that is ready
- precheck: compare the rows with the server before anything is sent
- plan: what a job will send, as JSON and as text
- job_service: authorize, pre-check and run one job, with an audit entry
- job_thread: the same in a thread of its own, for the console
- runner: the loop that sends rows, with row_queue, batch_sender, batch_size, backoff and response_outcome
- recovery, reconcile: find out what happened to rows whose response was lost
- jobs, cancel, retry, undo, purge, reports, import_summary: what the commands and screens do with jobs
- destination: the interface of user_destination and allowlist_destination, which build the requests
- wizard_service, wizard_thread, wizard_draft, draft_source, wizard_review: the work behind the import wizard
"""
