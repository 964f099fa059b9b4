import Algebra

// The target's shared mutable memory: several threads write disjoint parts of one buffer.

/// A fixed number of field elements that several threads use, each its own part.
final class FieldBuffer: @unchecked Sendable {
  // SAFETY: the memory lives as long as the object; every user hands each element to at most one writer at a time and
  // lets nobody read it meanwhile. A field element is trivial, so memory may be written before it is initialised.

  /// The first element.
  let base: UnsafeMutablePointer<ScalarField>
  /// The number of elements.
  let count: Int

  /// Memory for `count` elements, all zero.
  init(zeros count: Int) {
    base = .allocate(capacity: max(1, count))
    base.initialize(repeating: .zero, count: max(1, count))
    self.count = count
  }

  /// Memory for `count` elements that are all written before they are read.
  init(uninitialized count: Int) {
    base = .allocate(capacity: max(1, count))
    self.count = count
  }

  deinit { base.deallocate() }

  /// The element with this index.
  subscript(_ index: Int) -> ScalarField {
    get { base[index] }
    set { base[index] = newValue }
  }

  /// Calls `body` with scratch memory for `count` elements.
  static func withScratch<Result>(_ count: Int, _ body: (UnsafeMutablePointer<ScalarField>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: ScalarField.self, capacity: count) { scratch in
      guard let base = scratch.baseAddress else { preconditionFailure("Scratch memory is not empty.") }
      return body(base)
    }
  }
}

/// A pointer into memory that several threads use.
struct SharedPointer: @unchecked Sendable {
  // SAFETY: whoever makes one keeps the memory alive while threads use it; each thread writes its own part.

  /// The first element.
  let base: UnsafeMutablePointer<ScalarField>

  /// A pointer handed to threads.
  init(_ base: UnsafeMutablePointer<ScalarField>) { self.base = base }
}

extension FieldBuffer {
  /// The product of one value per bit for all 2^n indices, times `factor`: `weights[k]` weighs bit k by (1 - w, w), nil
  /// by (1, 1).
  convenience init(weights: [ScalarField?], scaledBy factor: ScalarField = .one) {
    self.init(uninitialized: 1 << weights.count)
    base[0] = factor
    for (bit, weight) in weights.enumerated() {
      let half = 1 << bit
      if let weight {
        ScalarField.split(base, base + half, by: weight, count: half)
      } else {
        (base + half).update(from: base, count: half)
      }
    }
  }
}
