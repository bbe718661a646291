/* The floor: what an answer costs when nothing is decided. epoll, read, memmem for the end of each head, one write a read.
 *
 *   floor PORT FILE      FILE is the whole answer, head and body, as it goes out
 *   floor PORT FILE MS   no answer before so many ms after the first head: then all that wait get theirs
 *
 * One thread, level-triggered, heads that arrive in pieces are kept. It understands nothing of HTTP: a load generator's GETs
 * are all it may be asked. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { most_descriptors = 4096, room = 16384, batch = 64 };

struct connection {
    size_t kept;
    char bytes[room];
};

static struct connection *connections[most_descriptors];
static char *answer;
static size_t answer_size;
static long delay;
static int timer, waiting[most_descriptors], waiters;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void load(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    answer = malloc((size_t)size * batch); /* several in a row, for pipelined heads */
    if (!answer || fread(answer, 1, (size_t)size, file) != (size_t)size) fail(path);
    fclose(file);
    answer_size = (size_t)size;
    for (int i = 1; i < batch; i++) memcpy(answer + (size_t)i * answer_size, answer, answer_size);
}

static void end(int descriptor) {
    free(connections[descriptor]);
    connections[descriptor] = NULL;
    close(descriptor);
}

static void answer_all(void) {
    for (int i = 0; i < waiters; i++)
        if (write(waiting[i], answer, answer_size) != (ssize_t)answer_size) end(waiting[i]);
    waiters = 0;
    unsigned long passed;
    if (read(timer, &passed, sizeof passed) < 0) fail("timer");
}

static void keep_waiting(int descriptor) {
    struct itimerspec once = {.it_value.tv_sec = delay / 1000, .it_value.tv_nsec = delay % 1000 * 1000000};
    if (waiters == 0) timerfd_settime(timer, 0, &once, NULL);
    waiting[waiters++] = descriptor; /* a client that asks once at a time is there once */
}

static void serve(int descriptor) {
    struct connection *connection = connections[descriptor];
    ssize_t count = read(descriptor, connection->bytes + connection->kept, room - connection->kept);
    if (count <= 0) {
        end(descriptor);
        return;
    }
    size_t filled = connection->kept + (size_t)count, start = 0, heads = 0;
    char *found;
    while (heads < batch && (found = memmem(connection->bytes + start, filled - start, "\r\n\r\n", 4))) {
        start = (size_t)(found - connection->bytes) + 4;
        heads++;
    }
    connection->kept = filled - start;
    memmove(connection->bytes, connection->bytes + start, connection->kept);
    if (connection->kept == room) end(descriptor);
    else if (heads && delay) keep_waiting(descriptor);
    else if (heads && write(descriptor, answer, heads * answer_size) != (ssize_t)(heads * answer_size)) end(descriptor);
}

int main(int argc, char **argv) {
    if (argc != 3 && argc != 4) return 64;
    load(argv[2]);
    delay = argc == 4 ? atol(argv[3]) : 0;
    int listener = socket(AF_INET, SOCK_STREAM, 0), queue = epoll_create1(0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) fail("listen");
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(queue, EPOLL_CTL_ADD, listener, &event);
    timer = timerfd_create(CLOCK_MONOTONIC, 0);
    event.data.fd = timer;
    epoll_ctl(queue, EPOLL_CTL_ADD, timer, &event);
    for (;;) {
        int ready = epoll_wait(queue, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int descriptor = events[i].data.fd;
            if (descriptor != listener) {
                descriptor == timer ? answer_all() : serve(descriptor);
                continue;
            }
            descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (descriptor < 0) continue;
            if (descriptor >= most_descriptors || !(connections[descriptor] = calloc(1, sizeof(struct connection)))) {
                close(descriptor);
                continue;
            }
            setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            event = (struct epoll_event){.events = EPOLLIN, .data.fd = descriptor};
            epoll_ctl(queue, EPOLL_CTL_ADD, descriptor, &event);
        }
    }
}
