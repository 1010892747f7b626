#include "bench/loose.h"

#include "common/must.h"

#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void loose_open(struct loose *ret_loose, const char *folder)
{
    MDB_txn *txn;
    must(mkdir(folder, 0750) == 0 || errno == EEXIST);
    must(mdb_env_create(&ret_loose->env) == 0);
    must(mdb_env_set_mapsize(ret_loose->env, (size_t)16 << 30) == 0);
    must(mdb_env_open(ret_loose->env, folder, MDB_NOTLS, 0640) == 0);
    must(mdb_txn_begin(ret_loose->env, NULL, 0, &txn) == 0);
    must(mdb_dbi_open(txn, NULL, 0, &ret_loose->table) == 0);
    loose_commit(txn);
}

void loose_close(struct loose *loose)
{
    mdb_env_close(loose->env);
}

MDB_txn *loose_begin(struct loose *loose, unsigned flags)
{
    MDB_txn *txn;
    must(mdb_txn_begin(loose->env, NULL, flags, &txn) == 0);
    return txn;
}

void loose_append(struct loose *loose, MDB_txn *txn, const void *key, size_t key_length, const void *value,
                  size_t length)
{
    MDB_val k = {key_length, (void *)(uintptr_t)key}, v = {length, (void *)(uintptr_t)value};
    must(mdb_put(txn, loose->table, &k, &v, MDB_APPEND) == 0);
}

void loose_commit(MDB_txn *txn)
{
    must(mdb_txn_commit(txn) == 0);
}

void loose_remove(const char *folder)
{
    pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0) {
        execlp("rm", "rm", "-rf", folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}
