#ifndef BURSAR_CSQLITE_SHIM_H
#define BURSAR_CSQLITE_SHIM_H

#include <sqlite3.h>

// SQLITE_TRANSIENT, "make a copy of it", is a number that is cast to a function, which Swift does not import.

static inline int bursar_bind_text(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, index, text, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int bursar_bind_bytes(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_TRANSIENT);
}

#endif
