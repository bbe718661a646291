#ifndef BURSAR_RUNTIME_H
#define BURSAR_RUNTIME_H

/* Hands every task that is ready to run, and belongs to no actor, to `enqueue` instead of to libdispatch's pool. To be called
 * before the first task. `enqueue` gets the job and must bring it to bursar_run_task on some thread, once. */
void bursar_take_tasks(void (*_Nonnull enqueue)(void *_Nonnull job));

/* Runs a job until it waits or ends. */
void bursar_run_task(void *_Nonnull job);

/* One heap for all threads; nothing where the C library has no such choice. To be called before there is a second thread. */
void bursar_use_one_heap(void);

#endif
