"""Bulk import, the durable half: a file becomes a job, and the job is run to its end whatever happens meanwhile.

prepare     file + mapping -> a journal that is ready        session     checked, let through the door, run, audited
precheck    new, exists or conflict, before anything is sent  runner      the loop; queue, verdict, recovery, reconcile
plan        what will happen, as JSON                         job_thread  the same beside the console's loop
jobs        made, listed, found, opened where they belong     control     pause and cancel, from anywhere
reports     report, id map, failed rows                       cancel, retry, undo, purge   what comes after
destination users and entries: where rows go, so that both run on one machine
"""
