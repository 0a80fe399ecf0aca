"""Searches the texts on stdin (a JSON list) with the Python package that is named, and prints what it found, by our types."""

import importlib
import json
import sys
import time


def by_iocextract(package, text):
    return {
        "URL": list(package.extract_urls(text, refang=True, strip=True)),
        "EMAIL": list(package.extract_emails(text, refang=True)),
        "IPV4": list(package.extract_ipv4s(text, refang=True)),
        "IPV6": list(package.extract_ipv6s(text)),
        "MD5": list(package.extract_md5_hashes(text)),
        "SHA1": list(package.extract_sha1_hashes(text)),
        "SHA256": list(package.extract_sha256_hashes(text)),
        "SHA512": list(package.extract_sha512_hashes(text)),
    }


IOC_FINDER_TYPES = {
    "URL": ["urls"],
    "EMAIL": ["email_addresses"],
    "DOMAIN": ["domains"],
    "IPV4": ["ipv4s"],
    "IPV6": ["ipv6s"],
    "CIDR": ["ipv4_cidrs", "ipv6_cidrs"],
    "MD5": ["md5s"],
    "SHA1": ["sha1s"],
    "SHA256": ["sha256s"],
    "SHA512": ["sha512s"],
}


def by_ioc_finder(package, text):
    # Import hashes are asked for so that it tells them from MD5.
    wanted = [name for names in IOC_FINDER_TYPES.values() for name in names] + ["imphashes"]
    found = package.find_iocs(
        text,
        included_ioc_types=wanted,
        parse_domain_from_url=False,
        parse_from_url_path=False,
        parse_domain_from_email_address=False,
        parse_address_from_cidr=False,
        parse_urls_without_scheme=False,
    )
    return {kind: [value for name in names for value in found[name]] for kind, names in IOC_FINDER_TYPES.items()}


name = sys.argv[1]
search = {"iocextract": by_iocextract, "ioc_finder": by_ioc_finder}[name]
package = importlib.import_module(name)
texts = json.load(sys.stdin)
search(package, texts[0])
start = time.perf_counter()
found = [search(package, text) for text in texts]
json.dump({"seconds": time.perf_counter() - start, "found": found}, sys.stdout)
