/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs a fuzz target over every file of the folders given, without libFuzzer, so that what was
 * found once is tried in every test run and with every compiler. */

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat st;
    if (!file || fstat(fileno(file), &st) != 0) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 1;
    }
    size_t size = (size_t)st.st_size;
    uint8_t *data = malloc(size ? size : 1); /* its own block: an overrun is seen */
    bool is_read = data && fread(data, 1, size, file) == size;
    fclose(file);
    if (is_read)
        LLVMFuzzerTestOneInput(data, size);
    else
        fprintf(stderr, "%s: cannot be read\n", path);
    free(data);
    return is_read ? 0 : 1;
}

int main(int n, char **args)
{
    size_t count = 0;
    int status = 0;
    for (int i = 1; i < n; i++) {
        DIR *folder = opendir(args[i]);
        if (!folder) {
            fprintf(stderr, "%s: cannot be read\n", args[i]);
            return 1;
        }
        for (struct dirent *e; (e = readdir(folder));) {
            char path[4096];
            if (e->d_name[0] == '.')
                continue;
            snprintf(path, sizeof path, "%s/%s", args[i], e->d_name);
            status |= replay_file(path);
            count++;
        }
        closedir(folder);
    }
    printf("%zu inputs\n", count);
    return count == 0 || status;
}
