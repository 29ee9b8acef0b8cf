#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace penstock {

/// Immutable things, each shared with the earlier versions of the list in which it was the same, so that a new version costs no more than
/// what is new in it. Reads like a vector of T; a thing that is the same object is the same in every part.
template <typename T>
class SharedList {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator() = default;
    explicit Iterator(const std::shared_ptr<const T>* at) : at_(at) {}
    const T& operator*() const { return **at_; }
    const T* operator->() const { return at_->get(); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++at_;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const std::shared_ptr<const T>* at_ = nullptr;
  };

  Iterator begin() const { return Iterator(all_.data()); }
  Iterator end() const { return Iterator(all_.data() + all_.size()); }
  std::size_t size() const { return all_.size(); }
  bool empty() const { return all_.empty(); }
  const T& operator[](std::size_t index) const { return *all_[index]; }
  const T& front() const { return *all_.front(); }
  const T& back() const { return *all_.back(); }
  const std::shared_ptr<const T>& shared(std::size_t index) const { return all_[index]; }

  void reserve(std::size_t count) { all_.reserve(count); }
  void push_back(std::shared_ptr<const T> item) { all_.push_back(std::move(item)); }
  void push_back(T item) { all_.push_back(std::make_shared<const T>(std::move(item))); }
  /// A new one to be filled before anybody else sees the list.
  T& emplace_back() {
    auto item = std::make_shared<T>();
    all_.push_back(item);
    return *item;
  }

 private:
  std::vector<std::shared_ptr<const T>> all_;
};

}  // namespace penstock
