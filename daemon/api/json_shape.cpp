#include "daemon/api/json_shape.h"

#include "daemon/api/encode.h"

namespace penstock::api {
namespace {

/// Counts, and stops the parser where there is too much.
class Counter final : public nlohmann::json_sax<Json> {
 public:
  explicit Counter(const JsonShape& most) : most_(most) {}

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool string(string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }
  bool start_object(std::size_t) override { return enter(); }
  bool key(string_t&) override { return holds(++shape_.keys <= most_.keys); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

  bool fits() const { return fits_; }

 private:
  bool holds(bool condition) { return fits_ = fits_ && condition; }
  bool value() { return holds(++shape_.values <= most_.values); }
  bool enter() { return value() && holds(++shape_.depth <= most_.depth); }
  bool leave() {
    --shape_.depth;
    return true;
  }

  const JsonShape& most_;
  JsonShape shape_;
  bool fits_ = true;
};

}  // namespace

bool fits(std::string_view text, const JsonShape& most) {
  Counter counter(most);
  Json::sax_parse(text, &counter);
  return counter.fits();
}

}  // namespace penstock::api
