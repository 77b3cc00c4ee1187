// SPDX-License-Identifier: Apache-2.0
//
// Certificates made on the spot: self-signed, with a key of their own.

#ifndef TESTS_UNIT_PROXY_CERTIFICATE_H_
#define TESTS_UNIT_PROXY_CERTIFICATE_H_

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace proxy {

struct CertificateText {
  std::string chain;  // PEM
  std::string key;    // PEM
};

inline std::string TakeText(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

// `names`: as OpenSSL's configuration has them: "DNS:a.example,DNS:*.b.example". It has expired
// where `seconds_left` is below 0.
inline CertificateText MakeCertificate(const std::string& common_name, const std::string& names,
                                       long seconds_left = 3600, const char* passphrase = nullptr) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  X509* x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), seconds_left - 7200);
  X509_gmtime_adj(X509_getm_notAfter(x509), seconds_left);
  X509_set_pubkey(x509, key.get());
  X509_NAME* name = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(x509, name);
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(x509, extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(x509, key.get(), EVP_sha256());

  BIO* chain = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(chain, x509);
  BIO* key_text = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_text, key.get(), passphrase ? EVP_aes_128_cbc() : nullptr, nullptr,
                           0, nullptr, const_cast<char*>(passphrase));
  return {TakeText(chain), TakeText(key_text)};
}

}  // namespace proxy

#endif  // TESTS_UNIT_PROXY_CERTIFICATE_H_
