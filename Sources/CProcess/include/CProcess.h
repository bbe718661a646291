#ifndef BURSAR_CPROCESS_H
#define BURSAR_CPROCESS_H

/* What of the C library Swift cannot call: functions that glibc declares under _GNU_SOURCE only, and prctl's variable arguments.
 *
 * No system header is included here: this module would come to own their types, and in an optimised build, where a target's
 * files are compiled as one, `timespec` would then be this module's and no longer Glibc's. */

/* pipe2(2): both ends are closed in programs that are started. 0, or -1 with errno. */
int bursar_pipe(int ends[_Nonnull 2]);

/* posix_spawn_file_actions_addclosefrom_np (glibc 2.34): the child has no descriptor from `first` on. 0 or an error number.
 * `actions` is a posix_spawn_file_actions_t. */
int bursar_spawn_close_from(void *_Nonnull actions, int first);

/* Whether the process may be dumped to a core file, and read or attached to by other processes of its user. */
int bursar_set_dumpable(int dumpable);
int bursar_is_dumpable(void);

/* A file in memory that holds these bytes and can be neither written nor resized any more (memfd_create(2), sealed). Its
 * descriptor, closed in programs that are started, or -1 with errno. */
int bursar_memory_file(const void *_Nonnull bytes, unsigned long count);

/* A descriptor that can be read when something was mounted or unmounted (an epoll(7) set with `list`, an open /proc/self/mountinfo, in
 * it), closed in programs that are started; or -1 with errno. Both are the caller's to close. */
int bursar_mount_watch(int list);
/* Takes what it has told, so that only the next change is told again. */
void bursar_mount_watch_take(int watch);
/* The kind of the file system that a path lies in, as statfs(2) numbers them; 0 where that is not known. */
unsigned long bursar_file_system(const char *_Nonnull path);

/* Takes the code and constants of the program and its libraries out of this process: what is used comes back from the system's cache, by
 * 16 pages at a time. Of what came before little is needed again. Breakpoints that a debugger set before are lost. */
void bursar_let_go_of_code(void);

/* Gives what the heap holds and does not use back to the system: milliseconds for a hundred megabytes, in which no other thread gets
 * memory. */
void bursar_give_back_memory(void);

/* One heap for all threads; nothing where the C library has no such choice. To be called before there is a second thread. */
void bursar_use_one_heap(void);

#endif
