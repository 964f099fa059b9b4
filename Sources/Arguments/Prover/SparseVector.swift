import Algebra

/// A vector of 2^n field elements in pages, of which those that hold only zeros may be absent.
///
/// As a multilinear polynomial its highest variables choose the page, so that long stretches of zeros cost nothing. A
/// page is stored up to a factor: binding a variable multiplies a page whose partner is absent by one number.
struct SparseVector: Sendable {
  /// Stored entries and what they are multiplied by.
  struct Page: Sendable {
    /// The entries.
    let entries: FieldBuffer
    /// The factor.
    var factor = ScalarField.one
  }

  /// log2 of the length of a page.
  let pageLog: Int
  /// The pages; nil for zeros.
  private(set) var pages: [Page?]
  /// The number of entries; once only one page is left, those of it in use.
  private(set) var length: Int

  /// The zero vector of 2^logSize entries.
  init(logSize: Int) {
    pageLog = min(logSize, 9)
    length = 1 << logSize
    pages = [Page?](repeating: nil, count: 1 << (logSize - pageLog))
  }

  /// The number of entries of a page.
  var pageSize: Int { 1 << pageLog }

  /// Entry 0.
  var first: ScalarField { pages[0].map { $0.factor * $0.entries[0] } ?? .zero }

  /// Makes every page that meets a range present, before any variable is bound.
  mutating func touch(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    for page in range.lowerBound >> pageLog...(range.upperBound - 1) >> pageLog where pages[page] == nil {
      pages[page] = Page(entries: FieldBuffer(zeros: pageSize))
    }
  }

  /// The memory of an entry of a page that is present, before any variable is bound.
  func pointer(to index: Int) -> UnsafeMutablePointer<ScalarField> {
    guard let page = pages[index >> pageLog] else { preconditionFailure("The page is present.") }
    return page.entries.base + (index & (pageSize - 1))
  }

  /// Sets the highest variable.
  mutating func bind(_ challenge: ScalarField) {
    length /= 2
    guard pages.count == 1 else {
      bindPages(challenge)
      return
    }
    guard let page = pages[0]?.entries else { return }
    ScalarField.interpolate(page.base, page.base + length, at: challenge, into: page.base, count: length)
  }

  private mutating func bindPages(_ challenge: ScalarField) {
    let half = pages.count / 2
    let old = pages
    let size = pageSize
    let complement = ScalarField.one - challenge
    pages = Parallel.map(count: half, minimumChunk: 8) { index in
      switch (old[index], old[index + half]) {
      case (nil, nil): return nil
      case (let low?, nil): return Page(entries: low.entries, factor: complement * low.factor)
      case (nil, let high?): return Page(entries: high.entries, factor: challenge * high.factor)
      case (let low?, let high?):
        let (p, q) = (low.entries.base, high.entries.base)
        if low.factor == high.factor {
          ScalarField.interpolate(p, q, at: challenge, into: p, count: size)
          return low
        }
        ScalarField.scale(p, by: complement * low.factor, into: p, count: size)
        ScalarField.addScaled(q, by: challenge * high.factor, into: p, count: size)
        return Page(entries: low.entries)
      }
    }
  }

  /// The sum of the products of the entries of two vectors whose highest variable is t, as a polynomial in t: its value
  /// at 0 and its leading coefficient.
  static func round(_ left: SparseVector, _ right: SparseVector) -> (constant: ScalarField, leading: ScalarField) {
    guard left.pages.count > 1 else { return lastRound(left, right) }
    let half = left.pages.count / 2
    let size = left.pageSize
    let parts = Parallel.mapChunks(count: half, minimumChunk: 8) { range in
      FieldBuffer.withScratch(2 * size) { scratch in
        var sums = (ScalarField.zero, ScalarField.zero)
        for index in range {
          let f = (left.pages[index], left.pages[index + half])
          let q = (right.pages[index], right.pages[index + half])
          let (constant, leading) = products(f, q, scratch: scratch, count: size)
          sums.0 += constant
          sums.1 += leading
        }
        return sums
      }
    }
    return parts.reduce((.zero, .zero)) { ($0.0 + $1.0, $0.1 + $1.1) }
  }

  private static func products(
    _ left: (Page?, Page?), _ right: (Page?, Page?), scratch: UnsafeMutablePointer<ScalarField>, count: Int
  ) -> (ScalarField, ScalarField) {
    func dot(_ left: Page?, _ right: Page?) -> ScalarField {
      guard let left, let right else { return .zero }
      return left.factor * right.factor * ScalarField.dot(left.entries.base, right.entries.base, count: count)
    }
    let constant = dot(left.0, right.0)
    if let l0 = left.0, let l1 = left.1, let r0 = right.0, let r1 = right.1, l0.factor == l1.factor,
      r0.factor == r1.factor
    {
      ScalarField.subtract(l1.entries.base, l0.entries.base, into: scratch, count: count)
      ScalarField.subtract(r1.entries.base, r0.entries.base, into: scratch + count, count: count)
      return (constant, l0.factor * r0.factor * ScalarField.dot(scratch, scratch + count, count: count))
    }
    return (constant, constant + dot(left.1, right.1) - dot(left.0, right.1) - dot(left.1, right.0))
  }

  private static func lastRound(_ left: SparseVector, _ right: SparseVector) -> (ScalarField, ScalarField) {
    guard let f = left.pages[0], let q = right.pages[0] else { return (.zero, .zero) }
    let half = right.length / 2
    let factor = f.factor * q.factor
    let (f0, q0) = (f.entries.base, q.entries.base)
    return FieldBuffer.withScratch(2 * half) { scratch in
      ScalarField.subtract(f0 + half, f0, into: scratch, count: half)
      ScalarField.subtract(q0 + half, q0, into: scratch + half, count: half)
      return (
        factor * ScalarField.dot(f0, q0, count: half), factor * ScalarField.dot(scratch, scratch + half, count: half)
      )
    }
  }
}
