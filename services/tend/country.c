#include "services/tend/country.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

// Each name ends with '|'.
static const struct {
    char code[COUNTRY_BYTES];
    const char *names;
} countries[] = {
    {"AE", "uae|united arab emirates|阿联酋|"},
    {"AR", "argentina|阿根廷|"},
    {"AT", "austria|奥地利|"},
    {"AU", "australia|澳大利亚|澳洲|"},
    {"BD", "bangladesh|孟加拉国|孟加拉|"},
    {"BE", "belgium|比利时|"},
    {"BG", "bulgaria|保加利亚|"},
    {"BR", "brazil|brasil|巴西|"},
    {"CA", "canada|加拿大|"},
    {"CH", "switzerland|schweiz|瑞士|"},
    {"CL", "chile|智利|"},
    {"CN", "china|prc|pr china|people's republic of china|mainland china|中国|中国大陆|"},
    {"CO", "colombia|哥伦比亚|"},
    {"CY", "cyprus|塞浦路斯|"},
    {"CZ", "czechia|czech republic|捷克|"},
    {"DE", "germany|deutschland|德国|"},
    {"DK", "denmark|丹麦|"},
    {"DZ", "algeria|阿尔及利亚|"},
    {"EC", "ecuador|厄瓜多尔|"},
    {"EE", "estonia|爱沙尼亚|"},
    {"EG", "egypt|埃及|"},
    {"ES", "spain|españa|西班牙|"},
    {"ET", "ethiopia|埃塞俄比亚|"},
    {"FI", "finland|芬兰|"},
    {"FR", "france|法国|"},
    {"GB", "uk|united kingdom|great britain|england|scotland|wales|northern ireland|英国|"},
    {"GH", "ghana|加纳|"},
    {"GR", "greece|el|希腊|"},
    {"HK", "hong kong|hongkong|香港|中国香港|"},
    {"HR", "croatia|克罗地亚|"},
    {"HU", "hungary|匈牙利|"},
    {"ID", "indonesia|印度尼西亚|印尼|"},
    {"IE", "ireland|republic of ireland|eire|爱尔兰|"},
    {"IL", "israel|以色列|"},
    {"IN", "india|印度|"},
    {"IQ", "iraq|伊拉克|"},
    {"IR", "iran|伊朗|"},
    {"IS", "iceland|冰岛|"},
    {"IT", "italy|italia|意大利|"},
    {"JO", "jordan|约旦|"},
    {"JP", "japan|日本|"},
    {"KE", "kenya|肯尼亚|"},
    {"KH", "cambodia|柬埔寨|"},
    {"KR", "south korea|korea|republic of korea|韩国|"},
    {"KW", "kuwait|科威特|"},
    {"KZ", "kazakhstan|哈萨克斯坦|"},
    {"LA", "laos|老挝|"},
    {"LB", "lebanon|黎巴嫩|"},
    {"LK", "sri lanka|斯里兰卡|"},
    {"LT", "lithuania|立陶宛|"},
    {"LU", "luxembourg|卢森堡|"},
    {"LV", "latvia|拉脱维亚|"},
    {"MA", "morocco|摩洛哥|"},
    {"MM", "myanmar|burma|缅甸|"},
    {"MN", "mongolia|蒙古|"},
    {"MO", "macau|macao|澳门|中国澳门|"},
    {"MT", "malta|马耳他|"},
    {"MX", "mexico|méxico|墨西哥|"},
    {"MY", "malaysia|马来西亚|"},
    {"NG", "nigeria|尼日利亚|"},
    {"NL", "netherlands|the netherlands|holland|荷兰|"},
    {"NO", "norway|挪威|"},
    {"NP", "nepal|尼泊尔|"},
    {"NZ", "new zealand|新西兰|"},
    {"OM", "oman|阿曼|"},
    {"PA", "panama|巴拿马|"},
    {"PE", "peru|秘鲁|"},
    {"PH", "philippines|the philippines|菲律宾|"},
    {"PK", "pakistan|巴基斯坦|"},
    {"PL", "poland|polska|波兰|"},
    {"PT", "portugal|葡萄牙|"},
    {"QA", "qatar|卡塔尔|"},
    {"RO", "romania|罗马尼亚|"},
    {"RS", "serbia|塞尔维亚|"},
    {"RU", "russia|russian federation|俄罗斯|"},
    {"SA", "saudi arabia|沙特阿拉伯|沙特|"},
    {"SE", "sweden|瑞典|"},
    {"SG", "singapore|新加坡|"},
    {"SI", "slovenia|斯洛文尼亚|"},
    {"SK", "slovakia|斯洛伐克|"},
    {"TH", "thailand|泰国|"},
    {"TN", "tunisia|突尼斯|"},
    {"TR", "turkey|türkiye|土耳其|"},
    {"TW", "taiwan|台湾|中国台湾|"},
    {"TZ", "tanzania|坦桑尼亚|"},
    {"UA", "ukraine|乌克兰|"},
    {"US", "usa|united states|united states of america|america|美国|"},
    {"UZ", "uzbekistan|乌兹别克斯坦|"},
    {"VE", "venezuela|委内瑞拉|"},
    {"VN", "vietnam|viet nam|越南|"},
    {"ZA", "south africa|rsa|南非|"},
};

// The next byte that counts, in small letters; 0 at the end.
static int letter(const char **at)
{
    while (**at == ' ' || **at == '.')
        ++*at;
    return **at == '\0' ? 0 : tolower((unsigned char)*(*at)++);
}

// Whether a name of the list that ends at '|' is the one written.
static bool same(const char *known, const char *written)
{
    for (;;) {
        int one = letter(&known), other = letter(&written);
        if (one == '|' || other == 0)
            return one == '|' && other == 0;
        if (one != other)
            return false;
    }
}

void country_code(const char *name, char ret_code[COUNTRY_BYTES])
{
    memset(ret_code, 0, COUNTRY_BYTES);
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
        for (const char *known = countries[i].names; *known != '\0'; known = strchr(known, '|') + 1)
            if (same(known, name)) {
                memcpy(ret_code, countries[i].code, COUNTRY_BYTES);
                return;
            }
    if (strlen(name) == COUNTRY_BYTES - 1 && isalpha((unsigned char)name[0]) && isalpha((unsigned char)name[1])) {
        ret_code[0] = (char)toupper((unsigned char)name[0]);
        ret_code[1] = (char)toupper((unsigned char)name[1]);
    }
}
