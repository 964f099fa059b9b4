/// A vector of field elements, the one type through which long vectors are computed with.
///
/// Long vectors are worked on by all processors and by wide-vector code where the processor has it, with the same
/// results, bit for bit, as one element after the other. As a multilinear polynomial, entry i is the value at the
/// point whose coordinate k is bit k of i (coordinate 0 is the least significant bit).
@usableFromInline
package struct FieldVector<F: PrimeField>: Sendable, Hashable {
  /// The entries, in order.
  @usableFromInline package var elements: [F]

  /// The vector with these entries.
  @inlinable package init(_ elements: [F]) { self.elements = elements }

  /// The vector with `count` entries, all equal to `value`.
  @inlinable package init(repeating value: F, count: Int) { elements = Self.filled(value, count: count) }

  /// The vector with these integers as entries; negative ones wrap modulo the prime.
  package init(smallIntegers: [Int64]) {
    elements = [F](repeating: .zero, count: smallIntegers.count)
    combine(with: smallIntegers) { target, integers, count in F.convert(integers, into: target, count: count) }
  }

  /// Entries below which a part of a vector is not worth a thread.
  @usableFromInline static var minimumChunk: Int { 8192 }
}

extension FieldVector: RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral {
  /// 0.
  @inlinable package var startIndex: Int { 0 }
  /// The number of entries.
  @inlinable package var endIndex: Int { elements.count }
  /// The entry with this index, from 0 to count - 1.
  @inlinable package subscript(index: Int) -> F {
    get { elements[index] }
    set { elements[index] = newValue }
  }
  /// The vector with these entries.
  @inlinable package init(arrayLiteral elements: F...) { self.init(elements) }
}

// MARK: - Linear arithmetic

extension FieldVector {
  /// Adds another vector, which may be shorter and then continues with zeros.
  package static func += (left: inout FieldVector, right: FieldVector) {
    left.combine(with: right) { target, other, count in F.add(target, other, into: target, count: count) }
  }

  /// Subtracts another vector, which may be shorter and then continues with zeros.
  package static func -= (left: inout FieldVector, right: FieldVector) {
    left.combine(with: right) { target, other, count in F.subtract(target, other, into: target, count: count) }
  }

  /// The sum; the right vector may be shorter than the left one and then continues with zeros.
  package static func + (left: FieldVector, right: FieldVector) -> FieldVector {
    left.combined(with: right) { left, right, target, count in F.add(left, right, into: target, count: count) }
  }

  /// The difference; the right vector may be shorter than the left one and then continues with zeros.
  package static func - (left: FieldVector, right: FieldVector) -> FieldVector {
    left.combined(with: right) { left, right, target, count in F.subtract(left, right, into: target, count: count) }
  }

  /// Adds `factor` times another vector, which may be shorter and then continues with zeros.
  package mutating func addScaled(_ other: FieldVector, by factor: F) {
    combine(with: other) { target, other, count in F.addScaled(other, by: factor, into: target, count: count) }
  }

  /// Adds `factor` times a part of a vector, whose first entry goes to the first one.
  package mutating func addScaled(_ other: ArraySlice<F>, by factor: F) {
    combine(with: other) { target, other, count in F.addScaled(other, by: factor, into: target, count: count) }
  }

  /// Adds `factor` times a vector of integers, which may be shorter and then continues with zeros.
  package mutating func addScaled(_ integers: [Int64], by factor: F) { addScaled(integers[...], by: factor) }

  /// The same with a part of an array, whose first integer goes to the first entry.
  package mutating func addScaled(_ integers: ArraySlice<Int64>, by factor: F) {
    combine(with: integers) { target, integers, count in
      F.addScaled(integers, by: factor, into: target, count: count)
    }
  }

  /// The same with 16-bit integers; where all are -1, 0 and 1 by additions only.
  package mutating func addScaled(_ integers: [Int16], by factor: F) { addScaled(integers[...], by: factor) }

  /// The same with a part of an array.
  package mutating func addScaled(_ integers: ArraySlice<Int16>, by factor: F) {
    combine(with: integers) { target, integers, count in
      let block = 4096
      withUnsafeTemporaryAllocation(of: Int64.self, capacity: block) { wide in
        guard let wide = wide.baseAddress else { return }
        for start in Swift.stride(from: 0, to: count, by: block) {
          let count = Swift.min(block, count - start)
          if TernaryCodes.areTernary(integers + start, count: count) {
            F.addTernary(integers + start, by: factor, into: target + start, count: count)
            continue
          }
          for index in 0..<count { (wide + index).initialize(to: Int64(integers[start + index])) }
          F.addScaled(wide, by: factor, into: target + start, count: count)
        }
      }
    }
  }

  /// Multiplies every entry by `factor`.
  package mutating func scale(by factor: F) {
    update { target, count in F.scale(target, by: factor, into: target, count: count) }
  }

  /// Multiplies every entry by the entry of `other` with the same index; both have the same count.
  package mutating func multiplyElementwise(by other: FieldVector) {
    precondition(count == other.count, "An elementwise product of two vectors of the same length.")
    combine(with: other) { target, other, count in F.multiply(target, other, into: target, count: count) }
  }

  /// The elementwise product of two vectors of the same count.
  package func hadamard(_ other: FieldVector) -> FieldVector {
    precondition(count == other.count, "An elementwise product of two vectors of the same length.")
    return combined(with: other) { left, right, target, count in
      F.multiply(left, right, into: target, count: count)
    }
  }

  /// The sum of the products of entries with the same index; the shorter vector continues with zeros.
  package func dot(_ other: FieldVector) -> F { dot(other.elements[...]) }

  /// The sum of the products with elements, the first with the first; the shorter list continues with zeros.
  package func dot(_ other: ArraySlice<F>) -> F {
    elements.withUnsafeBufferPointer { left in
      other.withUnsafeBufferPointer { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return .zero }
        let (leftBase, rightBase) = (SharedConstant(base: left), SharedConstant(base: right))
        return Parallel.reduceChunks(
          count: Swift.min(count, other.count), minimumChunk: Self.minimumChunk, into: F.zero,
          transform: { F.dot(leftBase.base + $0.lowerBound, rightBase.base + $0.lowerBound, count: $0.count) },
          combine: +=)
      }
    }
  }

  /// The sum of all entries.
  @inlinable package func sum() -> F {
    let elements = elements
    return Parallel.reduceChunks(
      count: count, minimumChunk: Self.minimumChunk, into: F.zero,
      transform: { range in range.reduce(F.zero) { $0 + elements[$1] } }, combine: +=)
  }
}
