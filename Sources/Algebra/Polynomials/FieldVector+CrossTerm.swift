/// A z, B z and C z of one constraint system, of equal length.
package struct MatrixImages<F: PrimeField>: Sendable {
  /// A z.
  package let a: FieldVector<F>
  /// B z.
  package let b: FieldVector<F>
  /// C z.
  package let c: FieldVector<F>

  /// Images of one vector.
  package init(a: FieldVector<F>, b: FieldVector<F>, c: FieldVector<F>) {
    precondition(a.count == b.count && b.count == c.count, "One entry of each for every row.")
    (self.a, self.b, self.c) = (a, b, c)
  }
}

extension FieldVector {
  /// T = A z1 o B z2 + A z2 o B z1 - u C z2 - C z1, in one pass over the six vectors.
  ///
  /// - seealso: Kothapalli, Setty and Tzialla, "Nova", ePrint 2021/370, section 4.
  package init(crossTermOf first: MatrixImages<F>, _ second: MatrixImages<F>, u: F) {
    precondition(first.a.count == second.a.count, "Images of one constraint system.")
    let (a1, b1, c1) = (first.a.elements, first.b.elements, first.c.elements)
    let (a2, b2, c2) = (second.a.elements, second.b.elements, second.c.elements)
    let factor = -u
    // Entries of a block, of seven vectors, stay in a processor's cache.
    let block = 512
    self.init(
      Parallel.fill(count: a1.count, minimumChunk: Self.minimumChunk / 4) { range, target in
        withUnsafeTemporaryAllocation(of: F.self, capacity: block) { scratch in
          guard let scratch = scratch.baseAddress else { return }
          for start in Swift.stride(from: range.lowerBound, to: range.upperBound, by: block) {
            let count = Swift.min(block, range.upperBound - start)
            let out = target + (start - range.lowerBound)
            Self.at(start, a1, b2) { F.multiply($0, $1, into: out, count: count) }
            Self.at(start, a2, b1) { F.multiply($0, $1, into: scratch, count: count) }
            F.add(out, scratch, into: out, count: count)
            Self.at(start, c2, c1) {
              F.addScaled($0, by: factor, into: out, count: count)
              F.subtract(out, $1, into: out, count: count)
            }
          }
        }
      })
  }

  /// Calls `body` with two arrays from an entry on.
  private static func at(
    _ start: Int, _ left: [F], _ right: [F], _ body: (UnsafePointer<F>, UnsafePointer<F>) -> Void
  ) {
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return }
        // SAFETY: the caller's ranges are inside both arrays, which are borrowed during the call.
        body(left + start, right + start)
      }
    }
  }
}
