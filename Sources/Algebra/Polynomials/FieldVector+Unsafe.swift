#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A buffer that several threads read.
@usableFromInline struct SharedConstant<Element>: @unchecked Sendable {
  // SAFETY: made from a buffer that is borrowed for the duration of the parallel call, and only read.
  @usableFromInline let base: UnsafePointer<Element>

  @inlinable init(base: UnsafePointer<Element>) { self.base = base }
}

extension FieldVector {
  /// `count` equal elements; the system's fresh pages are cleared by all processors.
  @inlinable static func filled(_ value: F, count: Int) -> [F] {
    Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress {
        // SAFETY: parts are disjoint and inside the buffer.
        let shared = SharedBuffer(base: base)
        Parallel.forChunks(count: count, minimumChunk: 1 << 14) { range in
          (shared.base + range.lowerBound).initialize(repeating: value, count: range.count)
        }
      }
      initialized = count
    }
  }

  /// Calls `kernel` concurrently for contiguous parts of this vector, each as (first entry, count).
  mutating func update(_ kernel: @Sendable (UnsafeMutablePointer<F>, Int) -> Void) {
    Parallel.updateChunks(of: &elements, minimumChunk: Self.minimumChunk) { _, part in
      guard let base = part.baseAddress else { return }
      kernel(base, part.count)
    }
  }

  /// Calls `kernel` concurrently for contiguous parts of the entries that both vectors have, each as
  /// (first entry of this vector, first entry of the other, count); `other` is at most as long as this vector.
  mutating func combine(
    with other: FieldVector, _ kernel: @Sendable (UnsafeMutablePointer<F>, UnsafePointer<F>, Int) -> Void
  ) {
    combine(with: other.elements, kernel)
  }

  /// Likewise with an array.
  mutating func combine<Element>(
    with other: [Element], _ kernel: @Sendable (UnsafeMutablePointer<F>, UnsafePointer<Element>, Int) -> Void
  ) {
    combine(with: other[...], kernel)
  }

  /// Likewise with a part of an array.
  mutating func combine<Element>(
    with other: ArraySlice<Element>, _ kernel: @Sendable (UnsafeMutablePointer<F>, UnsafePointer<Element>, Int) -> Void
  ) {
    precondition(other.count <= count, "A second vector that is not longer than the first.")
    let common = other.count
    elements.withUnsafeMutableBufferPointer { target in
      other.withUnsafeBufferPointer { other in
        guard let target = target.baseAddress, let other = other.baseAddress else { return }
        // SAFETY: parts are disjoint, and both buffers are borrowed until all calls have returned.
        let (targetBase, otherBase) = (SharedBuffer(base: target), SharedConstant(base: other))
        Parallel.forChunks(count: common, minimumChunk: Self.minimumChunk) { range in
          kernel(targetBase.base + range.lowerBound, otherBase.base + range.lowerBound, range.count)
        }
      }
    }
  }

  /// A vector whose entries `kernel` makes of those of this vector and another, concurrently, called with (first entry of
  /// this vector, of the other, of the result, count); where the other has ended, this vector's entries stay as they are.
  func combined(
    with other: FieldVector,
    _ kernel: @Sendable (UnsafePointer<F>, UnsafePointer<F>, UnsafeMutablePointer<F>, Int) -> Void
  ) -> FieldVector {
    precondition(other.count <= count, "A second vector that is not longer than the first.")
    guard !other.isEmpty else { return self }
    let common = other.count
    return elements.withUnsafeBufferPointer { left in
      other.elements.withUnsafeBufferPointer { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return self }
        // SAFETY: both buffers are borrowed until all calls have returned, and ranges are inside them.
        let (leftBase, rightBase) = (SharedConstant(base: left), SharedConstant(base: right))
        return FieldVector(
          Parallel.fill(count: count, minimumChunk: Self.minimumChunk) { range, target in
            let shared = range.clamped(to: 0..<common).count
            if shared > 0 {
              kernel(leftBase.base + range.lowerBound, rightBase.base + range.lowerBound, target, shared)
            }
            (target + shared).initialize(from: leftBase.base + range.lowerBound + shared, count: range.count - shared)
          })
      }
    }
  }

  /// Calls `kernel` concurrently for pairs (entry i, entry i + distance) with i below `pairs`, by contiguous parts
  /// given as (entry i, entry i + distance, count); `pairs` is at most `distance`.
  mutating func updatePairs(
    _ pairs: Int, distance: Int, _ kernel: @Sendable (UnsafeMutablePointer<F>, UnsafeMutablePointer<F>, Int) -> Void
  ) {
    precondition(pairs >= 0 && pairs <= distance && pairs + distance <= count, "Pairs inside the vector.")
    elements.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      // SAFETY: the first entries of all parts are below `distance`, the second ones are not; parts are disjoint.
      let shared = SharedBuffer(base: base)
      Parallel.forChunks(count: pairs, minimumChunk: Self.minimumChunk) { range in
        kernel(shared.base + range.lowerBound, shared.base + distance + range.lowerBound, range.count)
      }
    }
  }
}

extension FieldVector {
  /// Replaces all entries by zeros, in a way that no compiler leaves out; other copies of the vector stay as they are.
  package mutating func erase() { elements.erase() }
}

extension Array where Element: PrimeField {
  /// Replaces all elements by zeros, in a way that no compiler leaves out; other copies of the array stay as they are.
  package mutating func erase() { withUnsafeMutableBytes(eraseBytes) }
}

extension ArraySlice where Element: FixedWidthInteger {
  /// Replaces all integers by zeros, likewise.
  mutating func erase() { withUnsafeMutableBytes(eraseBytes) }
}

/// Sets all bytes to zero, which for field elements and integers is 0, in a way that no compiler leaves out.
private func eraseBytes(_ bytes: UnsafeMutableRawBufferPointer) {
  guard let base = bytes.baseAddress else { return }
  // SAFETY: the bytes are those of an array that is being changed.
  #if canImport(Darwin)
    memset_s(base, bytes.count, 0, bytes.count)
  #else
    explicit_bzero(base, bytes.count)
  #endif
}
