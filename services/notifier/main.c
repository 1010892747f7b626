#include "services/notifier/setup.h"

int main(int argc, char **argv)
{
    return service_main(argc, argv, &notifier_setup);
}
