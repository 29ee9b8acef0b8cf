#include "tests/faults/connectors/authority.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <fstream>
#include <sstream>

namespace penstock::faults {

namespace {

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* make_certificate(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, const std::string& names,
                       std::chrono::seconds life, int serial) {
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -7200);
  X509_gmtime_adj(X509_getm_notAfter(certificate), life.count());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()),
                             -1, -1, 0);
  X509* const signer = issuer == nullptr ? certificate : issuer;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  X509_set_pubkey(certificate, key);
  add_extension(certificate, signer, NID_basic_constraints, names.empty() ? "critical,CA:TRUE" : "CA:FALSE");
  if (!names.empty()) add_extension(certificate, signer, NID_subject_alt_name, names);
  EXPECT_GT(X509_sign(certificate, issuer_key == nullptr ? key : issuer_key, EVP_sha256()), 0);
  return certificate;
}

}  // namespace

Authority::Authority(const std::string& name) : key_(EVP_EC_gen("P-256")) {
  std::string folder = (std::filesystem::temp_directory_path() / "penstock_authority_XXXXXX").string();
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  folder_ = folder;
  certificate_.reset(make_certificate(name, key_.get(), nullptr, nullptr, "", std::chrono::hours(1), 1));
  own_ = write(certificate_.get(), key_.get());
}

Authority::~Authority() { std::filesystem::remove_all(folder_); }

Identity Authority::issue(const std::string& names, std::chrono::seconds life) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(make_certificate("someone", key.get(), certificate_.get(), key_.get(), names, life, issued_ + 2));
  return write(certificate.get(), key.get());
}

Identity Authority::self_signed(const std::string& names) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(make_certificate("myself", key.get(), nullptr, nullptr, names, std::chrono::hours(1), issued_ + 2));
  return write(certificate.get(), key.get());
}

Identity Authority::write(X509* certificate, EVP_PKEY* key) {
  const std::string name = (folder_ / std::to_string(issued_++)).string();
  BIO* const certificate_out = BIO_new_file((name + ".crt").c_str(), "w");
  EXPECT_EQ(PEM_write_bio_X509(certificate_out, certificate), 1);
  BIO_free(certificate_out);
  BIO* const key_out = BIO_new_file((name + ".key").c_str(), "w");
  EXPECT_EQ(PEM_write_bio_PrivateKey(key_out, key, nullptr, nullptr, 0, nullptr, nullptr), 1);
  BIO_free(key_out);
  return {name + ".crt", name + ".key"};
}

std::string content_of(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace penstock::faults
